"""How fast we are beside a peer or a physical limit, both measured in one run."""
