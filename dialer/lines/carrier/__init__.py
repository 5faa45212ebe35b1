"""The loopback carrier: a strict SIP peer on this machine, with call records of its own."""
