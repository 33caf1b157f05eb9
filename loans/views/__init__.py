"""The pages of loans: the fund table, the work list, taking an application in, one application, history.

Each view finds the row this person may see, makes one domain call and says what happened. Whether a step may be taken is
decided by the services; the pages only leave out what would be refused.
"""
