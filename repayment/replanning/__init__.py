"""Plan change (償還計画の変更): what is unpaid is spread anew, as a new version of the plan."""
