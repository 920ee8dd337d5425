package io.dso.agent.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses which of the words there are was meant by a misspelt one. */
final class Nearest {
    private Nearest() {}

    /** The nearest word, if it is near enough to be meant: at most a third of its letters differ. */
    static Optional<String> to(String word, Collection<String> words) {
        return words.stream()
                .filter(candidate -> distance(plain(word), plain(candidate)) <= Math.max(1, candidate.length() / 3))
                .min(Comparator.comparingInt(candidate -> distance(plain(word), plain(candidate))));
    }

    /** {@code did you mean 'poll'?}, or the words to choose from. */
    static String fix(String word, Collection<String> words) {
        return to(word, words)
                .map(near -> "did you mean '" + near + "'?")
                .orElseGet(() -> words.isEmpty() ? "remove it" : "use one of " + String.join(", ", words));
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Letters to insert, drop, change or swap with their neighbour. */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
