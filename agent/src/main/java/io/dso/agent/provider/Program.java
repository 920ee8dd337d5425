package io.dso.agent.provider;

import io.dso.agent.bundle.ProviderSpec.Launch;
import io.dso.transport.Peer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/**
 * A provider's program, before the agent hands it secrets to fetch: nobody but root and the agent's own user may be able
 * to change or swap it, at any place of its path, and where the configuration pins its SHA-256 it has to be that file.
 */
final class Program {
    private static final int WRITABLE_BY_OTHERS = 022;
    /** In such a directory others may make files, but not rename or remove those of root. */
    private static final int STICKY = 01000;

    private Program() {}

    /** The file itself, links resolved: what was looked at is what is started. */
    static Path trusted(Launch.Executable launch) throws NotReadyException {
        if (!Files.isExecutable(launch.path()) || Files.isDirectory(launch.path())) {
            throw new NotReadyException(launch.path() + " is not there, or not executable");
        }
        try {
            var file = launch.path().toRealPath();
            for (var part = file; part != null; part = part.getParent()) {
                mustBeSafe(part, file);
            }
            if (!launch.sha256().isEmpty() && !sha256(file).equals(launch.sha256())) {
                throw new NotReadyException(file + " is another file than the one whose SHA-256 the configuration has");
            }
            return file;
        } catch (IOException e) {
            throw new NotReadyException(launch.path() + " can't be looked at: " + e.getMessage(), e);
        }
    }

    private static void mustBeSafe(Path part, Path file) throws IOException, NotReadyException {
        int owner = number(part, "unix:uid");
        int mode = number(part, "unix:mode");
        var what = part.equals(file) ? file.toString() : part + ", above " + file + ",";
        if (owner != 0 && owner != Peer.self().uid()) {
            throw new NotReadyException(
                    what + " belongs to user " + owner + ", who could change what is started: chown 0 it");
        }
        boolean isStickyFolder = Files.isDirectory(part) && (mode & STICKY) != 0;
        if ((mode & WRITABLE_BY_OTHERS) != 0 && !isStickyFolder) {
            throw new NotReadyException(
                    "others may write to " + what + " and so change what is started: chmod go-w it");
        }
    }

    /**
     * What keeps a user from the program, and the command against it, as the modes say; empty if they let him through. A list
     * of access (acl(5)) may say otherwise, so this explains a start that failed, and refuses none.
     */
    static String shutTo(int user, Path file) {
        try {
            for (var part = file; part != null; part = part.getParent()) {
                if (!letsThrough(part, user)) {
                    return "user " + user + ", which it runs as, "
                            + (part.equals(file)
                                    ? "may not run it: chmod o+rx " + part
                                    : "can't get through " + part + ": chmod o+x it, or install the program elsewhere");
                }
            }
        } catch (IOException e) {
            // Who removed it meanwhile needs no explanation.
        }
        return "";
    }

    private static boolean letsThrough(Path part, int user) throws IOException {
        int mode = number(part, "unix:mode");
        if (number(part, "unix:uid") == user) {
            return (mode & 0100) != 0;
        }
        return (mode & (number(part, "unix:gid") == user ? 0010 : 0001)) != 0;
    }

    private static int number(Path file, String attribute) throws IOException {
        return (Integer) Objects.requireNonNull(Files.getAttribute(file, attribute));
    }

    private static String sha256(Path file) throws IOException {
        try (var in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
