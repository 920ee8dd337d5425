package io.dso.provider.local.vault;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/** 96 random bits: one for each sealing, never used again. */
record Nonce(long high, int low) {
    static final int LENGTH = Long.BYTES + Integer.BYTES;

    static Nonce random(SecureRandom random) {
        return new Nonce(random.nextLong(), random.nextInt());
    }

    static Nonce read(ByteBuffer in) {
        return new Nonce(in.getLong(), in.getInt());
    }

    byte[] bytes() {
        return ByteBuffer.allocate(LENGTH).putLong(high).putInt(low).array();
    }
}
