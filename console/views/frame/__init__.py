"""The frame's own pages: what waits for a second person, what runs, sessions, the factor."""
