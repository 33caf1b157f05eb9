"""How the queue flows and who carries it: what came in and went out, when it will be empty, and cases given to people."""
