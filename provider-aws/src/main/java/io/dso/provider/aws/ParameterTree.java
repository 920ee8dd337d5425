package io.dso.provider.aws;

import com.google.gson.stream.JsonWriter;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure;
import io.dso.provider.sdk.VersionAnswer;
import io.dso.provider.sdk.WipedBytes;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awssdk.services.ssm.SsmClient;

/**
 * All parameters below a path as one secret: a JSON object whose members are their names from there on. Its version is a
 * digest of names and versions, so whatever is written, made or deleted below makes a new one.
 */
final class ParameterTree {
    /** How many parameters a tree may have. */
    static final int MOST = 100;

    private static final int PAGE = 10;

    private final SsmClient client;
    private final Calls calls;
    private final ParameterList list;

    ParameterTree(SsmClient client, Calls calls, ParameterList list) {
        this.client = client;
        this.calls = calls;
        this.list = list;
    }

    VersionAnswer version(Address tree) throws InterruptedException {
        try {
            var all = list.below(tree.name(), MOST);
            return all.isEmpty()
                    ? new VersionAnswer.Failed(ParameterShelf.absent(tree.name() + "…"))
                    : new VersionAnswer.Current(digest(all));
        } catch (StoreException e) {
            return new VersionAnswer.Failed(e.failure());
        }
    }

    /** @throws StoreException NOT_FOUND if the tree is at another version by now: the old one can't be had any more */
    byte[] fetch(Address tree, SecretName name, String version) throws StoreException, InterruptedException {
        var all = list.below(tree.name(), MOST);
        if (!digest(all).equals(version)) {
            throw StoreException.notFound("the parameters below " + tree.name() + " have changed meanwhile");
        }
        if (name.key().isEmpty()) {
            return json(tree.name(), values(all));
        }
        var member = tree.name() + name.key();
        var written = all.get(member);
        if (written == null) {
            throw new StoreException(ParameterShelf.absent(member));
        }
        var only = values(new TreeMap<>(Map.of(member, written)));
        return only.firstEntry().getValue().getBytes(StandardCharsets.UTF_8);
    }

    /** Exactly these versions. */
    private SortedMap<String, String> values(SortedMap<String, Written> all)
            throws StoreException, InterruptedException {
        List<String> names = new ArrayList<>();
        all.forEach((name, written) -> names.add(name + ":" + written.number()));
        var values = new TreeMap<String, String>();
        for (int from = 0; from < names.size(); from += PAGE) {
            var page = names.subList(from, Math.min(from + PAGE, names.size()));
            calls.ask(
                            "parameters",
                            () -> client.getParameters(ask -> ask.names(page).withDecryption(true)))
                    .parameters()
                    .forEach(found -> values.put(found.name(), found.value()));
        }
        if (!values.keySet().equals(all.keySet())) {
            throw new StoreException(
                    new StoreFailure(StoreFailure.Kind.NOT_FOUND, "parameters were deleted meanwhile"));
        }
        return values;
    }

    private static byte[] json(String path, SortedMap<String, String> values) {
        try (var bytes = new WipedBytes(8 << 10);
                var writer = new JsonWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8))) {
            writer.setHtmlSafe(false);
            writer.beginObject();
            for (var value : values.entrySet()) {
                writer.name(value.getKey().substring(path.length())).value(value.getValue());
            }
            writer.endObject();
            writer.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String digest(SortedMap<String, Written> all) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            all.forEach((name, written) ->
                    digest.update((name + "\0" + written.id() + "\0").getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
