"""The call centre's pages."""
