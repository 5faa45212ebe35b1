"""What an agent's desk shows."""
