package io.dso.provider.vault.engine;

import io.dso.provider.sdk.StoreException;
import io.dso.provider.vault.api.Json;
import io.dso.provider.vault.api.JsonText;
import io.dso.provider.vault.api.Lifetime;
import io.dso.provider.vault.api.Refusal;
import io.dso.provider.vault.http.Request;
import io.dso.provider.vault.token.Session;
import io.dso.provider.vault.token.Session.Answered;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;

/** The calls that make, renew and revoke leases. Thread-safe. */
final class Maker {
    private final Session session;
    private final InstantSource clock;

    Maker(Session session, InstantSource clock) {
        this.session = session;
        this.clock = clock;
    }

    /** Has the server make a secret: by reading the path, or, where it has parameters, by writing them to it. */
    Lease make(SecretPath path, String version) throws StoreException, InterruptedException {
        var url = "/v1/" + SecretPath.escaped(path.path());
        try (var body = new JsonText()) {
            path.parameters().forEach(body::with);
            var request = path.query().isEmpty() ? Request.get(url).once() : Request.post(url, body.bytes());
            try (var answered = session.call(request)) {
                if (answered.status() != 200) {
                    throw Refusal.of(answered.reply(), path.path());
                }
                return lease(path, version, answered);
            }
        }
    }

    private Lease lease(SecretPath path, String version, Answered answered) throws StoreException {
        try (var answer = new Json(answered.reply().body())) {
            var id = answer.text("lease_id");
            var secret = answer.object("data");
            try {
                var ttl =
                        id.isEmpty() ? ttl(path, answer, secret) : Duration.ofSeconds(answer.number("lease_duration"));
                var life = Lifetime.granted(clock.instant(), ttl, answer.flag("renewable") && !id.isEmpty());
                return new Lease(version, id, secret, answered.token(), life);
            } catch (StoreException e) {
                secret.close();
                throw e;
            }
        }
    }

    /** How long something lives that is no lease: a certificate, a signed key, a token of an identity. */
    private Duration ttl(SecretPath path, Json answer, Json secret) throws StoreException {
        long expiration = secret.number("expiration");
        if (expiration > 0) {
            return positive(Duration.between(clock.instant(), Instant.ofEpochSecond(expiration)));
        }
        for (long seconds : new long[] {answer.number("lease_duration"), secret.number("ttl")}) {
            if (seconds > 0) {
                return Duration.ofSeconds(seconds);
            }
        }
        return asked(path);
    }

    private static Duration asked(SecretPath path) throws StoreException {
        var ttl = path.parameters().getOrDefault("ttl", "");
        try {
            return positive(
                    ttl.matches("\\d{1,9}") ? Duration.ofSeconds(Long.parseLong(ttl)) : Duration.parse("PT" + ttl));
        } catch (DateTimeParseException e) {
            throw StoreException.invalid(
                    path.path() + " has neither a lease nor an end: say how long it lives, as in ?ttl=1h");
        }
    }

    private static Duration positive(Duration ttl) {
        return ttl.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : ttl;
    }

    /** Renews; false if the server won't, and only a new one helps. */
    boolean renew(Lease lease) throws StoreException, InterruptedException {
        try (var body = new JsonText().with("lease_id", lease.id());
                var answered = session.call(Request.post("/v1/sys/leases/renew", body.bytes()))) {
            if (isPassing(answered)) {
                throw Refusal.of(answered.reply(), "sys/leases/renew");
            }
            if (answered.status() != 200) {
                return false;
            }
            try (var answer = new Json(answered.reply().body())) {
                var ttl = Duration.ofSeconds(answer.number("lease_duration"));
                lease.renewed(lease.life().renewed(clock.instant(), ttl, answer.flag("renewable")));
                return !ttl.isZero();
            }
        }
    }

    /** Ends a lease; a lease that is over already is as good. */
    void revoke(Lease lease) throws StoreException, InterruptedException {
        try (var body = new JsonText().with("lease_id", lease.id());
                var answered = session.call(Request.post("/v1/sys/leases/revoke", body.bytes()))) {
            if (isPassing(answered) || answered.status() == 403) {
                throw Refusal.of(answered.reply(), "sys/leases/revoke");
            }
        }
    }

    private static boolean isPassing(Answered answered) {
        return answered.status() >= 500 || answered.status() == 429;
    }
}
