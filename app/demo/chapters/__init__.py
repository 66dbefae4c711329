"""What happens, one chapter after another: each takes the cast, and tells what it does."""
