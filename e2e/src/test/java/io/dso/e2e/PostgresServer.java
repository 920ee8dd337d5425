package io.dso.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real PostgreSQL on a port of loopback, with an administrator {@code admin} of password {@code admin}. */
final class PostgresServer implements AutoCloseable {
    private final Path programs;
    private final int port = Settings.freePort();
    private final Process process;

    private PostgresServer(Path programs, Path directory) throws IOException {
        this.programs = programs;
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.setPosixFilePermissions(directory.getParent(), PosixFilePermissions.fromString("rwx--x--x"));
        var password = directory.resolve("password");
        Files.writeString(password, "admin\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r--r--"));
        var data = directory.resolve("data").toString();
        Command.of(line(
                        "initdb",
                        "-D",
                        data,
                        "-U",
                        "admin",
                        "-A",
                        "scram-sha-256",
                        "--pwfile",
                        password.toString(),
                        "--no-sync"))
                .run()
                .succeeded();
        process = new ProcessBuilder(line(
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
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        Await.until(
                "PostgreSQL answers",
                Duration.ofSeconds(30),
                () -> sql("admin", "admin", "select 1").equals("1"));
    }

    /** A new one; where {@code ./test} couldn't get the program, the test is skipped. */
    static PostgresServer start(Path directory) {
        try {
            return new PostgresServer(Settings.program("POSTGRES"), directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** It refuses to run as root. */
    private String[] line(String program, String... arguments) {
        var line = new ArrayList<String>();
        if (System.getProperty("user.name").equals("root")) {
            line.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
        }
        line.add(programs.resolve(program).toString());
        line.addAll(List.of(arguments));
        return line.toArray(String[]::new);
    }

    int port() {
        return port;
    }

    private String url(String user, String password) {
        return "postgresql://%s:%s@127.0.0.1:%d/postgres".formatted(user, password, port);
    }

    /** The one result of a statement, asked as this user. */
    String sql(String user, String password, String statement) {
        return Command.of(programs.resolve("psql").toString(), "-tA", "-c", statement, url(user, password))
                .run()
                .succeeded()
                .text();
    }

    /** How many users leases have made and not ended. */
    int leasedUsers() {
        return Integer.parseInt(sql("admin", "admin", "select count(*) from pg_roles where rolname like 'v-%'"));
    }

    @Override
    public void close() {
        Command.end(process);
    }
}
