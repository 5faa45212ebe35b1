"""Forms of the pages: what a person may type, and in whose words it is wrong."""
