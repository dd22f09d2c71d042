"""The `ecp` command: the application without a browser (DESIGN §5).

    main      the commands' table, exit statuses, messages; a command's file is only loaded when it is called
    output    tables for people and JSON for programs

A new area is a file with its click commands and a line in `main.COMMANDS`. Exit status: 0 done, 1 refused, 2 misuse.
"""
