package io.dso.provider.vault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** A real PostgreSQL on a port of loopback, with an administrator {@code admin} of password {@code admin}. */
final class Postgres implements AutoCloseable {
    private final Path programs;
    private final Path directory;
    private final int port = Program.freePort();
    private final Process process;

    private Postgres(Path programs, Path directory) throws IOException {
        this.programs = programs;
        this.directory = directory;
        var password = directory.resolve("password");
        Files.writeString(password, "admin\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.setPosixFilePermissions(directory.getParent(), PosixFilePermissions.fromString("rwx--x--x"));
        var data = directory.resolve("data").toString();
        Program.run(command(
                "initdb",
                "-D",
                data,
                "-U",
                "admin",
                "-A",
                "scram-sha-256",
                "--pwfile",
                password.toString(),
                "--no-sync"));
        var log = directory.resolve("log").toFile();
        process = new ProcessBuilder(command(
                        "postgres",
                        "-D",
                        data,
                        "-p",
                        Integer.toString(port),
                        "-k",
                        "",
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "fsync=off"))
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        Program.await("PostgreSQL answers", () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException(Files.readString(log.toPath()));
            }
            return sql("admin", "admin", "select 1").equals("1");
        });
    }

    /** A new one, in a folder below one that may be seen by others. */
    static Postgres start(Path directory) throws IOException {
        var programs = Program.installed("POSTGRES");
        return new Postgres(programs, Files.createDirectories(directory));
    }

    /** It refuses to run as root. */
    private List<String> command(String program, String... arguments) {
        var line = new ArrayList<String>();
        if (System.getProperty("user.name").equals("root")) {
            line.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
        }
        line.add(programs.resolve(program).toString());
        line.addAll(List.of(arguments));
        return line;
    }

    int port() {
        return port;
    }

    /** The one result of a statement, asked as this user. */
    String sql(String user, String password, String statement) {
        var url = "postgresql://%s:%s@127.0.0.1:%d/postgres".formatted(user, password, port);
        return Program.run(List.of(programs.resolve("psql").toString(), "-tA", "-c", statement, url));
    }

    /** How many users leases have made and not ended. */
    int leasedUsers() {
        return Integer.parseInt(sql("admin", "admin", "select count(*) from pg_roles where rolname like 'v-%'"));
    }

    @Override
    public void close() {
        Program.end(process);
    }
}
