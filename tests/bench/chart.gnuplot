# SPDX-License-Identifier: MIT
# Draws chart.dat, which bench writes: gnuplot -e "data='...'; chart='...'" chart.gnuplot
set terminal svg size 960,420 font 'sans-serif,12' background rgb 'white'
set output chart
set datafile missing '-'
set datafile separator tab
set title 'Speed as ratio to a raw loop on the descriptor, without libfuse (1 = the floor)'
set style data histogram
set style histogram clustered gap 1
set style fill solid border -1
set boxwidth 0.9
set yrange [0:*<2.5]
set rmargin 6
set grid ytics
set key outside bottom center horizontal
set xtics rotate by -35 noenhanced nomirror
stats data skip 1 using 0 nooutput
columns = int(system(sprintf("awk -F'\t' 'NR == 1 { print NF }' '%s'", data)))
plot for [i = 2:columns] data using i:xtic(1) title columnheader(i) noenhanced, 1 with lines lc 'black' lw 1 notitle
