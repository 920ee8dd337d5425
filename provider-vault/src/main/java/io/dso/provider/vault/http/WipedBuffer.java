package io.dso.provider.vault.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Gathers a body, and leaves nothing of it behind: neither here nor in the buffers it came in. */
final class WipedBuffer {
    private final int limit;
    private byte[] bytes = new byte[4096];
    private int size;

    WipedBuffer(int limit) {
        this.limit = limit;
    }

    /** Takes the content over and overwrites it; false if that would be more than the limit. */
    boolean take(ByteBuf content) {
        int length = content.readableBytes();
        if (length > limit - size) {
            return false;
        }
        if (size + length > bytes.length) {
            grow(size + length);
        }
        int from = content.readerIndex();
        content.readBytes(bytes, size, length);
        if (!content.isReadOnly()) {
            content.setZero(from, length);
        }
        size += length;
        return true;
    }

    private void grow(int least) {
        byte[] old = bytes;
        bytes = Arrays.copyOf(old, Math.min(Math.max(least, 2 * old.length), Math.max(least, limit)));
        Arrays.fill(old, (byte) 0);
    }

    /** All of it, as an array of its own; what is here is wiped. */
    byte[] drain() {
        byte[] all = Arrays.copyOf(bytes, size);
        wipe();
        return all;
    }

    void wipe() {
        Arrays.fill(bytes, (byte) 0);
        size = 0;
    }
}
