"""The `sunseal` command: one file a group of subcommands."""
