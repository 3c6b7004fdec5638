"""`crossbeat demo`: a real city from file to alert, watched live, and counted at the end."""
