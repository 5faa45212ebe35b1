"""Personal data in the trail: told to whom it is about, and erased without breaking a proof."""
