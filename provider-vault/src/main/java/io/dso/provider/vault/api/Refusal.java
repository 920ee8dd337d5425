package io.dso.provider.vault.api;

import io.dso.provider.sdk.Pace;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.vault.http.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a status other than 2xx means. Of the server's own words only those are repeated that we know: a text that we
 * don't know may quote what was sent, or what a database behind it said.
 */
public final class Refusal {
    private static final List<String> KNOWN = List.of(
            "invalid role or secret ID",
            "invalid secret id",
            "invalid role ID",
            "wrapping token is not valid or does not exist",
            "missing client token",
            "lease not found",
            "lease is not renewable",
            "unknown role",
            "unsupported path",
            "no handler for route",
            "namespace not found",
            "role could not be found",
            "token is expired",
            "invalid certificate or no client certificate supplied",
            "permission denied");

    /**
     * The failure.
     *
     * @param subject what was asked for, for people
     */
    public static StoreException of(Reply reply, String subject) {
        var words = words(reply);
        return switch (reply.status()) {
            case 400, 405 -> StoreException.invalid("the server refuses the request for " + subject + said(words));
            case 401 -> StoreException.unauthenticated("the server refuses the credentials" + said(words));
            case 403 -> StoreException.denied("the server denies " + subject + said(words));
            case 404 -> StoreException.notFound("the server has no " + subject);
            case 429 ->
                StoreException.throttled("the server asks for fewer requests", Pace.retryAfter(reply.retryAfter()));
            case 503 -> outOfService(reply, words);
            default -> StoreException.unavailable("the server answers with status " + reply.status() + said(words));
        };
    }

    /** Sealed, or away behind its proxy; or overloaded (Vault Enterprise), and then it says how long to leave it alone. */
    private static StoreException outOfService(Reply reply, String words) {
        if (!words.isEmpty()) {
            return StoreException.unavailable("the server is sealed");
        }
        var pause = Pace.retryAfter(reply.retryAfter());
        return pause.isZero()
                ? StoreException.unavailable("the server is not in service")
                : StoreException.throttled("the server has too much to do", pause);
    }

    /** Whether the server said this, whatever else it said. */
    public static boolean says(Reply reply, String words) {
        return new String(reply.body(), StandardCharsets.UTF_8).contains(words);
    }

    private static String words(Reply reply) {
        if (reply.status() == 503) {
            return says(reply, "sealed") ? "sealed" : "";
        }
        return KNOWN.stream().filter(words -> says(reply, words)).findFirst().orElse("");
    }

    private static String said(String words) {
        return words.isEmpty() ? "" : ": " + words;
    }

    private Refusal() {}
}
