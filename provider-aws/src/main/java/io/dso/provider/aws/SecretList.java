package io.dso.provider.aws;

import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.FilterNameStringType;
import software.amazon.awssdk.services.secretsmanager.model.ListSecretsResponse;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;

/**
 * The pages of a list of secrets. It reads as many as are worth it: once it has read more pages than secrets are missing,
 * describing those is cheaper, so in an account with very many secrets it costs at most twice the best.
 */
final class SecretList {
    private static final int PAGE = 100;
    private static final Logger LOG = Logger.getLogger(SecretList.class.getName());

    private final SecretsManagerClient client;
    private final Calls calls;

    /** The policy doesn't let us list: known after the first attempt, and until the process ends. */
    private volatile boolean refused;

    SecretList(SecretsManagerClient client, Calls calls) {
        this.client = client;
        this.calls = calls;
    }

    /** How it went. */
    sealed interface Outcome {
        /**
         * @param found what the pages had, by the name or ARN asked for
         * @param absent what isn't in the list, as far as the whole of it was read
         */
        record Listed(Map<String, Stages> found, Set<String> absent) implements Outcome {}

        /** The pages came to an end too early: nothing can be said of the others. */
        record Failed(Map<String, Stages> found, StoreFailure why) implements Outcome {}
    }

    Outcome find(Set<String> names) throws InterruptedException {
        var found = new HashMap<String, Stages>();
        if (refused) {
            return new Outcome.Listed(found, Set.of());
        }
        var prefix = commonPrefix(names);
        var missing = new LinkedHashSet<>(names);
        int pages = 0;
        @Nullable String next = null;
        try {
            do {
                var page = page(prefix, next);
                page.secretList().forEach(entry -> take(entry, missing, found));
                next = page.nextToken();
                pages++;
            } while (next != null && pages < missing.size());
            return new Outcome.Listed(found, next == null ? missing : Set.of());
        } catch (StoreException e) {
            if (e.failure().kind() == StoreFailure.Kind.DENIED) {
                refused = true;
                LOG.warning(
                        "secretsmanager:ListSecrets is denied: each secret is described by itself until the provider starts again");
                return new Outcome.Listed(found, Set.of());
            }
            return new Outcome.Failed(found, e.failure());
        }
    }

    private ListSecretsResponse page(String prefix, @Nullable String next) throws StoreException, InterruptedException {
        return calls.ask(
                "the list of secrets",
                () -> client.listSecrets(ask -> {
                    ask.maxResults(PAGE).nextToken(next);
                    if (!prefix.isEmpty()) {
                        ask.filters(name -> name.key(FilterNameStringType.NAME).values(prefix));
                    }
                }));
    }

    private static void take(SecretListEntry entry, Set<String> missing, Map<String, Stages> found) {
        for (var name : new String[] {entry.name(), entry.arn()}) {
            if (missing.remove(name)) {
                found.put(name, new Stages(entry.secretVersionsToStages()));
            }
        }
    }

    /** What all names begin with, so that the service leaves the rest of an account out; nothing for ARNs. */
    static String commonPrefix(Set<String> names) {
        @Nullable String prefix = null;
        for (var name : names) {
            if (name.startsWith("arn:")) {
                return "";
            }
            prefix = prefix == null ? name : common(prefix, name);
        }
        return prefix == null ? "" : prefix;
    }

    private static String common(String a, String b) {
        int length = 0;
        while (length < a.length() && length < b.length() && a.charAt(length) == b.charAt(length)) {
            length++;
        }
        return a.substring(0, length);
    }
}
