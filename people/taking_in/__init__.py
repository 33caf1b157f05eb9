"""Files about people, one module for each kind: its columns, how a batch is judged, how its lines are written."""
