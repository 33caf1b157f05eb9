"""The pages of exemption: taking a form in, the queue, the review, one application and its list of deficiencies.

Each view finds the row this person may see, makes one domain call and says what happened. Whether a step may be taken is
decided by the services; the pages only leave out what would be refused.
"""
