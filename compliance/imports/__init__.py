"""What importing lists of leads and of consents has in common."""
