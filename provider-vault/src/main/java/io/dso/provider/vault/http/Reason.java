package io.dso.provider.vault.http;

import io.dso.provider.sdk.Pem;
import io.dso.provider.sdk.TlsFailure;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/** Says what went wrong with a connection, in words of our own: those of exceptions may quote what was sent. */
final class Reason {
    static String of(Throwable thrown) {
        var tls = TlsFailure.of(thrown);
        if (!tls.isEmpty()) {
            return tls.equals(TlsFailure.STRANGER) ? tls + " (tls.ca)" : tls;
        }
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            var known = known(cause);
            if (!known.isEmpty()) {
                return known;
            }
        }
        return "the connection failed (" + thrown.getClass().getSimpleName() + ")";
    }

    private static String known(Throwable cause) {
        return switch (cause) {
            case UnknownHostException _, UnresolvedAddressException _ -> "its name is unknown";
            case NoRouteToHostException _ -> "there is no route to it";
            case ConnectException _ -> "it refuses connections";
            case NoSuchFileException e -> "there is no " + e.getFile();
            case AccessDeniedException e -> "access to " + e.getFile() + " is denied";
            case FileNotFoundException _ -> "there is no such socket";
            case SocketException e when text(e).contains("reset") -> "it reset the connection";
            case SocketException e when text(e).contains("no such file") -> "there is no such socket";
            case Pem.Malformed e -> String.valueOf(e.getMessage());
            default -> "";
        };
    }

    private static String text(Throwable e) {
        return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    }

    private Reason() {}
}
