"""Pages of logging in: the steps are those of app/api/login.py, called in the same request, with forms around them."""
