package io.dso.provider.local.vault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Who owns a file, and who may do what with it. */
record FileOwner(int uid, int gid, int mode) {

    static FileOwner of(Path file) throws IOException {
        return new FileOwner(number(file, "unix:uid"), number(file, "unix:gid"), number(file, "unix:mode") & 07777);
    }

    private static int number(Path file, String attribute) throws IOException {
        return (Integer) Objects.requireNonNull(Files.getAttribute(file, attribute));
    }

    /** Changes only what differs, which takes no privilege where nothing does. */
    void giveTo(Path file) throws IOException {
        var now = of(file);
        if (now.gid != gid) {
            Files.setAttribute(file, "unix:gid", gid);
        }
        if (now.uid != uid) {
            Files.setAttribute(file, "unix:uid", uid);
        }
        if (of(file).mode != mode) { // asked again: a change of owner may clear bits
            Files.setAttribute(file, "unix:mode", mode);
        }
    }
}
