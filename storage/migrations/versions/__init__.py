"""The revisions, one file each, in one line without branches.

To add one:

1. Name it NNNN_what_it_does.py, with the next number; `revision` is that number as text, and
   `down_revision` the number before. Take 0001_blobs.py as the pattern.
2. Write out `upgrade` and `downgrade` with Alembic's operations. Import nothing of ours: a revision means
   the same for ever, and the models move on. Constraints get the names that storage/base.py's convention
   gives them.
3. Put rows for it into tests/integration/storage/rows/NNNN.sql, at least one for each new table. The tests
   walk every revision up and down with these rows in the tables, compare the tables with the models, and
   fail for a revision without rows.
4. A revision that has been released is never edited; the next one corrects it.
"""
