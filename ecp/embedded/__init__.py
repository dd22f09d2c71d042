"""The PostgreSQL and Redis that come inside wheels, kept on private sockets of one data directory.

    places      which directories and which system user; nobody's home is made more open than it was
    postgresql  initdb, settings, and what a failed start means
    redis       the same for Redis
    keeper      a small process that owns both servers while somebody uses them (a program, not a module)
    holding     asks the keeper for servers, starts one if there is none, gives them back

The keeper exists so that commands may come and go in any order, even by `kill -9`: each holds an open connection
to it, the kernel closes the connection of whoever dies, and the last to leave makes it stop the servers.
"""
