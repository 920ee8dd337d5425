package io.dso.e2e;

import org.junit.jupiter.api.BeforeAll;

/**
 * A theme with an engine of its own, which has the test's two images: it may be stopped, and knows no drivers of other
 * tests. One that does asks each of them about a new volume, and waits (docs/engine.md F14).
 */
abstract class OwnEngine extends EndToEnd {
    @Override
    final Engine engine() {
        return Engine.own(directory().resolve("engine"));
    }

    @BeforeAll
    final void bootEngine() {
        engine.boot(BUSYBOX, STATIC);
    }
}
