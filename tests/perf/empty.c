/* the yardstick of bench.c: an empty dynamic program */
int main(void)
{
	return 0;
}
