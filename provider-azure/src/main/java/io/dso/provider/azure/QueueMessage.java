package io.dso.provider.azure;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A message as the queue service answers it, in XML, its only format. Three leaves are taken out of a list that a machine wrote, and
 * nothing else of XML is understood: without a parser there are no entities to expand and no DTD to load, nor its megabytes in
 * the executable.
 *
 * @param id a UUID
 * @param receipt what deleting it takes
 * @param text what its sender wrote
 */
record QueueMessage(String id, String receipt, String text) {
    private static final Pattern REFERENCE = Pattern.compile("&(lt|gt|amp|quot|apos|#\\d{1,7}|#x[0-9A-Fa-f]{1,6});");
    private static final Pattern ID = Pattern.compile("[0-9A-Za-z-]{1,64}");

    /** All of an answer that can be deleted. */
    static List<QueueMessage> all(String xml) {
        List<QueueMessage> messages = new ArrayList<>();
        var element = "<QueueMessage>";
        for (int at = xml.indexOf(element); at >= 0; ) {
            int next = xml.indexOf(element, at + 1);
            var one = next < 0 ? xml.substring(at) : xml.substring(at, next);
            var message = new QueueMessage(leaf(one, "MessageId"), leaf(one, "PopReceipt"), leaf(one, "MessageText"));
            if (ID.matcher(message.id()).matches()) {
                messages.add(message);
            }
            at = next;
        }
        return messages;
    }

    /** What stands in it; empty if it isn't there. In text every {@code <} is a reference, so this is the element and no text. */
    private static String leaf(String xml, String name) {
        int open = xml.indexOf("<" + name + ">");
        int close = xml.indexOf("</" + name + ">", open);
        return open < 0 || close < 0
                ? ""
                : REFERENCE
                        .matcher(xml.substring(open + name.length() + 2, close))
                        .replaceAll(QueueMessage::meant);
    }

    private static String meant(MatchResult reference) {
        var name = reference.group(1);
        return switch (name) {
            case "lt" -> "<";
            case "gt" -> ">";
            case "amp" -> "&";
            case "quot" -> "\"";
            case "apos" -> "'";
            default ->
                character(
                        name.startsWith("#x")
                                ? Integer.parseInt(name, 2, name.length(), 16)
                                : Integer.parseInt(name, 1, name.length(), 10));
        };
    }

    /** Quoted, as a dollar or a backslash means something to whoever replaces by it. */
    private static String character(int code) {
        return Character.isValidCodePoint(code) ? Matcher.quoteReplacement(Character.toString(code)) : "";
    }
}
