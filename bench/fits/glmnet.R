# glmnet in `npm run bench:fits`: one fit in a process of its own. The argument is the problem's folder.
#
# Minimises mean cross-entropy + lambda / 2 * sum(W ^ 2), so lambda = 2 * l2, to which it comes on a path from larger
# ones, as its authors advise. It says nothing on its way: thresholds are tried from loose to tight, and the first whose J
# is low enough counts.
suppressMessages({
  library(glmnet)
  library(jsonlite)
})
folder <- commandArgs(TRUE)[1]
job <- fromJSON(file.path(folder, "job.json"))
x <- matrix(
  readBin(file.path(folder, "x"), "numeric", job$rows * job$features, size = 4),
  job$rows, job$features, byrow = TRUE
)
y <- readBin(file.path(folder, "y"), "integer", job$rows, size = 4)

objective <- function(w, b) {
  z <- x %*% t(w) + rep(b, each = job$rows)
  z <- z - apply(z, 1, max)
  mean(log(rowSums(exp(z))) - z[cbind(seq_len(job$rows), y + 1)]) + job$l2 * sum(w^2)
}

# From a smaller λ, it diverges on rows that are not standardised.
path <- 2 * job$l2 * 10^seq(6, 0, length.out = 60)
reached <- rep(NA_real_, length(job$targets))
spent <- 0
for (threshold in 10^-(3:14)) {
  began <- proc.time()
  model <- suppressWarnings(glmnet(
    x, factor(y), family = "multinomial", alpha = 0, lambda = path,
    standardize = FALSE, thresh = threshold, maxit = 1e7
  ))
  took <- proc.time() - began
  if (length(model$lambda) < length(path)) stop("error: glmnet did not converge")
  spent <- spent + took[["elapsed"]]
  both <- t(sapply(coef(model, s = path[length(path)]), function(one) as.vector(one)))
  w <- both[, -1, drop = FALSE]
  b <- both[, 1]
  found <- objective(w, b)
  reached[is.na(reached) & found <= unlist(job$targets)] <- took[["elapsed"]]
  if (!anyNA(reached) || spent > job$patience) break
}
out <- file(file.path(folder, "parameters"), "wb")
writeBin(c(as.vector(t(w)), b), out)
close(out)
status <- tryCatch(readLines("/proc/self/status"), error = function(e) character())
peak <- sub("^VmHWM:\\s*(\\d+) kB$", "\\1", grep("^VmHWM", status, value = TRUE))
cat("\n", toJSON(list(
  seconds = took[["elapsed"]],
  processor = took[["user.self"]] + took[["sys.self"]],
  megabytes = if (length(peak) > 0) as.numeric(peak) / 1024 else 0,
  reached = reached
), auto_unbox = TRUE, na = "null", digits = 8), "\n", sep = "")
