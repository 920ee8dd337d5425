package io.dso.provider.sdk;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Gathers bytes, and leaves none of them behind: neither on close, nor in what it outgrew. */
public final class WipedBytes extends ByteArrayOutputStream {
    /** @param size how many it has room for at first; it grows */
    public WipedBytes(int size) {
        super(size);
    }

    @Override
    public synchronized void write(int b) {
        makeRoom(1);
        super.write(b);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) {
        makeRoom(length);
        super.write(bytes, from, length);
    }

    private void makeRoom(int more) {
        if (more > buf.length - count) {
            byte[] outgrown = buf;
            buf = Arrays.copyOf(outgrown, Math.max(2 * outgrown.length, Math.addExact(count, more)));
            Arrays.fill(outgrown, (byte) 0);
        }
    }

    /** Where they are now. */
    byte[] array() {
        return buf;
    }

    @Override
    public synchronized void close() {
        Arrays.fill(buf, (byte) 0);
    }
}
