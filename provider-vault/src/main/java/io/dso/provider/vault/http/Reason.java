package io.dso.provider.vault.http;

import io.dso.provider.sdk.Pem;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertificateException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** Says what went wrong with a connection, in words of our own: those of exceptions may quote what was sent. */
final class Reason {
    static String of(Throwable thrown) {
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
            case CertificateException e -> certificate(e);
            case SSLException e when e.getCause() == null -> handshake(e);
            case SocketException e when text(e).contains("reset") -> "it reset the connection";
            case SocketException e when text(e).contains("no such file") -> "there is no such socket";
            case Pem.Malformed e -> String.valueOf(e.getMessage());
            default -> "";
        };
    }

    private static String certificate(CertificateException e) {
        var text = text(e);
        if (text.contains("no name matching") || text.contains("subject alternative")) {
            return "its certificate is for another host";
        }
        return text.contains("path building") || text.contains("pkix")
                ? "its certificate is not from an authority we trust (tls.ca)"
                : "its certificate is not valid";
    }

    private static String handshake(SSLException e) {
        var text = text(e);
        if (text.contains("not an ssl/tls record") || text.contains("unsupported or unrecognized")) {
            return "it doesn't speak TLS";
        }
        return text.contains("certificate") ? "it refuses our certificate" : "TLS failed";
    }

    private static String text(Throwable e) {
        return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    }

    private Reason() {}
}
