"""What an import has to ask about a list as a whole; each check is a module of its own.

An importer of people (leads, consents) calls, in this order:

1. `titles.refuse_illicit_titles(...)` with the names of file, list and columns, before any row;
2. `words.illicit_source(cell)` for each row that states a source: such a row is rejected;
3. `numbers.refuse_generated(numbers)` with all the list's numbers as integers;
4. `sources.refuse_criminal_count(...)` with the number of rows that 2 rejected;
5. `canaries.refuse_canaries(staging.rows)` while the rows are staged;
6. `stopped.refuse_stopped(contact_list)` once the list is known and locked.

Each raises `ListStoppedError`, an `ImportRefusedError`: the import's transaction is undone. The
importer then calls `services.list_stop.import_stopped(...)`, outside that transaction and also
after a dry run (or else honeypots could be found by trying), and lets the error go on.
"""
