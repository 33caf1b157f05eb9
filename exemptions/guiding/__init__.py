"""Who is told about exemption by post: borrowers of a judgement year, of a later year, and whoever asked for the forms."""
