"""Alerts: three or more linked incidents of two or more districts within the window."""
