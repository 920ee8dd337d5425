package io.dso.provider.sdk;

import java.security.cert.CertificateException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** Says why TLS didn't come about, in words of our own: those of exceptions may quote what was sent. */
public final class TlsFailure {
    /** The one that a configuration can mend, where it names authorities. */
    public static final String STRANGER = "its certificate is not from an authority we trust";

    /** What {@code thrown} and its causes say of it; empty if it wasn't TLS that failed. */
    public static String of(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return certificate(text(cause));
            }
            if (cause instanceof SSLException && cause.getCause() == null) {
                return handshake(text(cause));
            }
        }
        return "";
    }

    private static String certificate(String text) {
        if (text.contains("no name matching") || text.contains("subject alternative")) {
            return "its certificate is for another host";
        }
        return text.contains("path building") || text.contains("pkix") ? STRANGER : "its certificate is not valid";
    }

    private static String handshake(String text) {
        if (text.contains("not an ssl/tls record") || text.contains("unsupported or unrecognized")) {
            return "it doesn't speak TLS";
        }
        if (text.contains("hostname") && text.contains("verif")) {
            return "its certificate is for another host";
        }
        return text.contains("certificate") ? "it refuses our certificate" : "TLS failed";
    }

    private static String text(Throwable e) {
        return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    }

    private TlsFailure() {}
}
