"""The law of tendering as versioned data, and how its periods are counted.

Law: the rules stand in the TOML files of this folder, which a lawyer can review; the code knows how to count and
compare, never how many days. Pure but for `shipped`, which reads those files, and constant in what it reads. A day or
year that the official calendar does not cover is an error, never a guess.

    said, errors  a sentence in both languages; what is refused, and why
    rule          a rule and a profile of rules: the shape of the data
    events        what the rules count from and to
    profile_file  text to profile
    shipped       the profiles that come with the program, chosen by name and day
    work_calendar which days are working days
    counting      how days are counted: in civil days, or on the short clock of a training
    instants      an instant as a sentence
    money         amounts in whole fen, written as yuan and in capital numerals
    notices       the yearly notices on holidays that this process has learnt beside the package's
    statute       a profile that can be asked: due, earliest, latest
    fingerprint   by which days a period was counted, as a hash
"""
