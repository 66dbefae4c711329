"""Reports without a name: sealed in the browser to the supervisor's own recipient. No session: nobody is known here."""
