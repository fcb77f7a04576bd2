import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sign-in with locks, written from specs/sign_in/facts.md: java SignIn [FAULT].
 *
 * It keeps a journal of every wrong try and works out from it what is locked. It does not tell its steps, and answers one
 * request at a time.
 */
final class SignIn {
    private static final long MINUTE = 60_000;
    private static final Map<String, String> FAULTS = Map.of(
            "window_of_16_minutes", "tries are counted for sixteen minutes",
            "lock_of_31_minutes", "a lock lasts 31 minutes",
            "success_forgets_nothing", "the right password does not forget the wrong tries of the login",
            "address_not_limited", "tries from one address are not limited",
            "locks_shared", "one locked login locks all",
            "login_of_two", "a login of two characters is taken",
            "expires_early", "the page expires a minute early",
            "password_in_any_case", "capitals and small letters of a password are not told apart");

    private record Try(String key, long at) {}

    private static final class Session {
        String ip;
        long expires;
        boolean over;
    }

    private final String fault;
    private final Map<String, String> passwords = new LinkedHashMap<>();
    private final Map<String, Session> sessions = new LinkedHashMap<>();
    private final Map<String, Long> locks = new LinkedHashMap<>();
    private List<Try> journal = new ArrayList<>();

    SignIn(String fault) {
        this.fault = fault;
    }

    public static void main(String[] arguments) throws Exception {
        String fault = arguments.length > 0 ? arguments[0] : "";
        if (!fault.isEmpty() && !FAULTS.containsKey(fault)) {
            System.err.println("no such fault; one of " + String.join(", ", FAULTS.keySet()));
            System.exit(2);
        }
        SignIn signIn = new SignIn(fault);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Map<String, Object> request = Json.object(Json.read(line));
            Map<String, Object> reply = new LinkedHashMap<>();
            reply.put("id", request.get("id"));
            reply.putAll(signIn.answer(request));
            out.println(Json.write(reply));
            if ("bye".equals(request.get("do"))) return;
        }
    }

    private Map<String, ?> answer(Map<String, Object> request) {
        long at = (Long) request.getOrDefault("at", 0L);
        String session = (String) request.get("session");
        return switch ((String) request.get("do")) {
            case "hello" -> Map.of("implementation", "SignIn.java", "clock", "virtual", "world", "told",
                    "shows_step", false, "sessions", 4, "batch", false);
            case "reset" -> reset(Json.object(request.get("rows")));
            case "open" -> open(session, at, Json.object(request.get("given")).get("ip"));
            case "apply" -> apply(sessions.get(session), at, request);
            case "advance" -> advance((Long) request.get("to"));
            case "close" -> close(session);
            case "bye" -> Map.of();
            default -> Map.of("unsupported", request.get("do"));
        };
    }

    private Map<String, ?> reset(Map<String, Object> rows) {
        passwords.clear();
        sessions.clear();
        locks.clear();
        journal.clear();
        Json.object(rows.get("account")).forEach(
                (login, row) -> passwords.put(login, (String) Json.object(row).get("password")));
        return Map.of();
    }

    private Map<String, ?> open(String name, long at, Object ip) {
        if (ip == null) return refused("missing:ip");
        if (!hasLength(ip, 2, 45)) return refused("invalid:ip");
        Session session = new Session();
        session.ip = (String) ip;
        session.expires = at + ("expires_early".equals(fault) ? 9 : 10) * MINUTE;
        sessions.put(name, session);
        return accepted();
    }

    private Map<String, ?> apply(Session session, long at, Map<String, Object> request) {
        boolean submits = "submit".equals(request.get("event")) && "user".equals(request.getOrDefault("by", "user"));
        if (session.over || session.expires <= at || !submits) return refused("unexpected");
        Map<String, Object> fields = Json.object(request.get("fields"));
        List<String> problems = new ArrayList<>();
        check(problems, fields, "login", "login_of_two".equals(fault) ? 2 : 3, 64);
        check(problems, fields, "password", 8, 128);
        if (!problems.isEmpty()) return refused(problems.toArray(String[]::new));

        String login = (String) fields.get("login");
        String byLogin = "locks_shared".equals(fault) ? "login" : "login " + login;
        String byAddress = "address " + session.ip;
        if (isLocked(byLogin, at) || isLocked(byAddress, at)) return refused("locked");
        if (isRight(passwords.get(login), (String) fields.get("password"))) {
            session.over = true;
            if (!"success_forgets_nothing".equals(fault)) journal.removeIf(each -> each.key.equals(byLogin));
            return accepted();
        }
        count(byLogin, at);
        if (!"address_not_limited".equals(fault)) count(byAddress, at);
        return refused("wrong_password");
    }

    private boolean isRight(String password, String typed) {
        if (password == null) return false;
        return "password_in_any_case".equals(fault) ? password.equalsIgnoreCase(typed) : password.equals(typed);
    }

    private boolean isLocked(String key, long at) {
        return locks.getOrDefault(key, 0L) > at;
    }

    private void count(String key, long at) {
        journal.add(new Try(key, at));
        long window = ("window_of_16_minutes".equals(fault) ? 16 : 15) * MINUTE;
        long tries = journal.stream().filter(each -> each.key.equals(key) && at - each.at < window).count();
        if (tries < 5) return;
        locks.put(key, at + ("lock_of_31_minutes".equals(fault) ? 31 : 30) * MINUTE);
        journal.removeIf(each -> each.key.equals(key));
    }

    private Map<String, ?> advance(long to) {
        Map<String, Object> shown = new LinkedHashMap<>();
        sessions.keySet().forEach(name -> shown.put(name, Map.of("outputs", List.of())));
        return Map.of("sessions", shown);
    }

    private Map<String, ?> close(String name) {
        sessions.remove(name);
        return Map.of();
    }

    private static void check(List<String> problems, Map<String, Object> fields, String name, int least, int most) {
        if (fields.get(name) == null) problems.add("missing:" + name);
        else if (!hasLength(fields.get(name), least, most)) problems.add("invalid:" + name);
    }

    private static boolean hasLength(Object value, int least, int most) {
        if (!(value instanceof String text)) return false;
        int length = text.codePointCount(0, text.length());
        return least <= length && length <= most;
    }

    private static Map<String, ?> accepted() {
        return Map.of("accepted", true, "outputs", List.of());
    }

    private static Map<String, ?> refused(String... reasons) {
        return Map.of("accepted", false, "reasons", List.of(reasons), "outputs", List.of());
    }
}
