"""The lines to the seats' phones: inside the house, and never to a telephone number."""
