"""Taking an application in at the desk: the form, what lies beside it while it is typed, the work list, the page of one."""
