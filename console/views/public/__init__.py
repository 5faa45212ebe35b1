"""The pages without an account: refuse, complain, check a receipt, read what cannot be."""
