"""A whole deployment on one machine: PostgreSQL, a chain, three keyholders, two guarantors, web and jobs.

For a trial, for the demonstration, and for tests on real processes: everything here is what an operator does by hand,
through the same commands. A real deployment has its keyholders elsewhere.

    place        the folder, its ports and the environment that the commands are given
    processes    starting, watching and ending them
    founding     what is made once: log, keys, keyholders, contracts
    guarantors   their desks, databases and accounts; the supervisor lists and licenses them
    files        what these two write and read
    jobs         which processes run, by name
    guardian     the process that keeps the others, and ends them with whoever started it
    running      `Stack`: start it, be told how it goes, stop it
"""
