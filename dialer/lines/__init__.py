"""Lines: what rings a phone, behind one small protocol (`dialer.lines.base`)."""
