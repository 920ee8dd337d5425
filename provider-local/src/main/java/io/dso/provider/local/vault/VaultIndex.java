package io.dso.provider.local.vault;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a vault holds, without the values. Immutable: a change is a new index.
 *
 * @param generation counts the writes of this vault
 * @param keep how many versions of a secret stay, 1 to 1,000
 * @param secrets by name, in order; deleted ones too, because their numbers go on
 */
record VaultIndex(long generation, int keep, SortedMap<SecretPath, History> secrets) {
    private static final int PADDING = 1024;
    private static final byte STORED = 0;
    private static final byte DESTROYED = 1;
    private static final byte DELETED = 2;

    /**
     * @param last the highest number ever given
     * @param entries oldest first, at least one
     */
    record History(long last, List<Entry> entries) {
        History {
            entries = List.copyOf(entries);
        }

        /** The newest, which decides whether there is a current value. */
        Entry newest() {
            return entries.getLast();
        }
    }

    VaultIndex {
        if (keep < 1 || keep > 1000) {
            throw new IllegalArgumentException("a vault keeps 1 to 1000 versions of a secret, not " + keep);
        }
        secrets = Collections.unmodifiableSortedMap(secrets);
    }

    static VaultIndex empty(int keep) {
        return new VaultIndex(0, keep, new TreeMap<>());
    }

    /** With one version more; the oldest beyond {@code keep} go. */
    VaultIndex with(SecretPath name, Entry entry) {
        var entries = new ArrayList<Entry>();
        var before = secrets.get(name);
        if (before != null) {
            entries.addAll(before.entries());
        }
        entries.add(entry);
        return withHistory(name, new History(entry.number(), newest(entries)));
    }

    /** With all values of a secret destroyed and a mark that says so. */
    VaultIndex without(SecretPath name, Entry.Deleted mark) {
        var entries = new ArrayList<Entry>();
        for (var entry : secrets.getOrDefault(name, new History(0, List.of())).entries()) {
            entries.add(
                    entry instanceof Entry.Stored value ? new Entry.Destroyed(value.number(), value.created()) : entry);
        }
        entries.add(mark);
        return withHistory(name, new History(mark.number(), newest(entries)));
    }

    private List<Entry> newest(List<Entry> entries) {
        return entries.subList(Math.max(0, entries.size() - keep), entries.size());
    }

    private VaultIndex withHistory(SecretPath name, History history) {
        var changed = new TreeMap<>(secrets);
        changed.put(name, history);
        return new VaultIndex(generation + 1, keep, changed);
    }

    /** The number for a secret's next version. */
    long nextNumber(SecretPath name) {
        var history = secrets.get(name);
        return history == null ? 1 : history.last() + 1;
    }

    /** The stored values, in the order in which they lie in the file. */
    List<Entry.Stored> stored() {
        var stored = new ArrayList<Entry.Stored>();
        for (var history : secrets.values()) {
            for (var entry : history.entries()) {
                if (entry instanceof Entry.Stored value) {
                    stored.add(value);
                }
            }
        }
        return stored;
    }

    /** Bytes that the stored values take in the file. */
    long storedLength() {
        return stored().stream().mapToLong(Entry.Stored::length).sum();
    }

    /** The plain text of the index, padded with zeros. Offsets aren't in it: they follow from order and lengths. */
    byte[] encode() {
        var out = ByteBuffer.allocate(Seal.roundUp(encodedLength(), PADDING));
        out.putLong(generation).putShort((short) keep).putInt(secrets.size());
        secrets.forEach((name, history) -> {
            byte[] text = name.text().getBytes(StandardCharsets.UTF_8);
            out.putShort((short) text.length).put(text);
            out.putLong(history.last()).putShort((short) history.entries().size());
            history.entries().forEach(entry -> encode(entry, out));
        });
        return out.array();
    }

    private static void encode(Entry entry, ByteBuffer out) {
        out.putLong(entry.number()).putLong(entry.created().toEpochMilli());
        switch (entry) {
            case Entry.Stored value ->
                out.put(STORED).put(value.nonce().bytes()).putInt(value.length());
            case Entry.Destroyed _ -> out.put(DESTROYED);
            case Entry.Deleted _ -> out.put(DELETED);
        }
    }

    private int encodedLength() {
        int length = Long.BYTES + Short.BYTES + Integer.BYTES;
        for (var secret : secrets.entrySet()) {
            length += Short.BYTES + secret.getKey().text().getBytes(StandardCharsets.UTF_8).length;
            length += Long.BYTES + Short.BYTES;
            length += secret.getValue().entries().size() * (2 * Long.BYTES + 1 + Nonce.LENGTH + Integer.BYTES);
        }
        return length;
    }

    /**
     * @param plain what {@link #encode()} made
     * @param start where the values start in the file
     * @throws RuntimeException if it is anything else; sealed as it was, only a fault of ours makes that happen
     */
    static VaultIndex decode(byte[] plain, long start) {
        var in = ByteBuffer.wrap(plain);
        long generation = in.getLong();
        int keep = in.getShort();
        int count = in.getInt();
        var secrets = new TreeMap<SecretPath, History>();
        long offset = start;
        for (int i = 0; i < count; i++) {
            byte[] text = new byte[in.getShort()];
            in.get(text);
            long last = in.getLong();
            int versions = in.getShort();
            var entries = new ArrayList<Entry>(versions);
            for (int v = 0; v < versions; v++) {
                var entry = decode(in, offset);
                if (entry instanceof Entry.Stored stored) {
                    offset += stored.length();
                }
                entries.add(entry);
            }
            secrets.put(new SecretPath(new String(text, StandardCharsets.UTF_8)), new History(last, entries));
        }
        return new VaultIndex(generation, keep, secrets);
    }

    private static Entry decode(ByteBuffer in, long offset) {
        long number = in.getLong();
        var created = Instant.ofEpochMilli(in.getLong());
        byte kind = in.get();
        return switch (kind) {
            case STORED -> new Entry.Stored(number, created, Nonce.read(in), offset, in.getInt());
            case DESTROYED -> new Entry.Destroyed(number, created);
            case DELETED -> new Entry.Deleted(number, created);
            default -> throw new IllegalStateException("entry of kind " + kind);
        };
    }
}
