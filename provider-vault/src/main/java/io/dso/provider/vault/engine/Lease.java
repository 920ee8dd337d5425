package io.dso.provider.vault.engine;

import io.dso.provider.vault.api.Json;
import io.dso.provider.vault.api.Lifetime;
import io.dso.provider.vault.token.Token;
import java.time.Instant;

/**
 * A secret that was made for us, for a time. The server tells it once, so it is kept here, in memory, until it ends.
 * Belongs to its {@link Tenancy}, whose lock guards it.
 */
final class Lease implements AutoCloseable {
    private final String version;
    private final String id;
    private final Json secret;
    private final Token token;
    private Lifetime life;
    private Instant last = Instant.MAX;
    private boolean fetched;

    /**
     * Takes the secret over.
     *
     * @param version our name for it
     * @param id the server's; empty for what ends by itself and can't be ended, such as a certificate
     * @param token with which it was made, and with which it ends
     */
    Lease(String version, String id, Json secret, Token token, Lifetime life) {
        this.version = version;
        this.id = id;
        this.secret = secret;
        this.token = token;
        this.life = life;
        token.leased();
    }

    String version() {
        return version;
    }

    String id() {
        return id;
    }

    Token token() {
        return token;
    }

    Lifetime life() {
        return life;
    }

    void renewed(Lifetime longer) {
        life = longer;
    }

    /** A copy of the secret. */
    Json secret() {
        fetched = true;
        return new Json(secret.copy());
    }

    /** Whether anybody ever had it. */
    boolean isFetched() {
        return fetched;
    }

    /** There is a newer one: this isn't renewed any more, and given back at the latest then. */
    void replaced(Instant atTheLatest) {
        last = atTheLatest;
    }

    /** Whether the server still honours it, as far as we know. */
    boolean isAlive(Instant now) {
        return now.isBefore(life.end()) && token.isAlive(now);
    }

    /** Whether it is to be given back, if it isn't over anyway. */
    boolean isDone(Instant now) {
        return !now.isBefore(last) || !isAlive(now);
    }

    /** It is no more. */
    @Override
    public void close() {
        secret.close();
        token.unleased();
    }

    /** It lives on without us, and so has its token to. */
    void forget() {
        secret.close();
    }
}
