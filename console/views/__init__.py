"""The pages of the console: each translates a request, calls one service or selector, and back."""
