package io.dso.transport;

import java.io.IOException;
import java.nio.file.Path;

/** Another live process listens on the socket. */
public final class SocketInUseException extends IOException {
    private static final long serialVersionUID = 1;

    SocketInUseException(Path socket, String why) {
        super("socket " + socket + " is in use: " + why);
    }
}
