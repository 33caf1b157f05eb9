"""The pages of deferral: the desk, the forms, one application, one granted deferral."""
